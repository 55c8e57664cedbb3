/** The two invented logos, drawn for the demo: shapes alone, so that they need no font. */

/** Ridges of the Vosges under a mirabelle. */
export const GRAND_EST_LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 64" width="96" height="64">
  <clipPath id="frame"><rect width="96" height="64" rx="12"/></clipPath>
  <g clip-path="url(#frame)">
    <rect width="96" height="64" fill="#f7ecf2"/>
    <circle cx="67" cy="22" r="12" fill="#d9972b"/>
    <path d="M62 12c1-4 4-6 8-7-1 4-4 6-8 7z" fill="#4d7c43"/>
    <path d="M0 44c14-16 24-20 34-9 8-7 16-8 25 1 13-9 24-8 37 3v25H0z" fill="#b9779b"/>
    <path d="M0 54c16-14 28-15 41-4 12-9 24-9 34-1 7-4 14-5 21-2v17H0z" fill="#6d1f4b"/>
  </g>
</svg>
`;

/** A lighthouse above the swell. */
export const NORD_OUEST_LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 64" width="96" height="64">
  <clipPath id="frame"><rect width="96" height="64" rx="12"/></clipPath>
  <g clip-path="url(#frame)">
    <rect width="96" height="64" fill="#e6f1f4"/>
    <path d="M37 15 0 2v23zM59 15 96 2v23z" fill="#f0c9a8"/>
    <path d="M41 22h14l4 42H37z" fill="#ffffff"/>
    <path d="M40 31h16l1 9H39zM38 49h20l1 9H37z" fill="#c05a2b"/>
    <path d="M40 10h16v12H40zM38 20h20v3H38zM40 10l8-6 8 6z" fill="#0a5068"/>
    <path d="M45 12h6v7h-6z" fill="#f0c9a8"/>
    <path d="M0 50c12-6 20-6 32 0s20 6 32 0 20-6 32 0v14H0z" fill="#0a5068" fill-opacity=".88"/>
    <path d="M0 58c12-5 20-5 32 0s20 5 32 0 20-5 32 0v6H0z" fill="#3b8ba3"/>
  </g>
</svg>
`;
