/** Locals of the screens « caisse-pages »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type CaissePagesScreens = {};
