/** Locals of the screens « portfolio »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type PortfolioScreens = {};
