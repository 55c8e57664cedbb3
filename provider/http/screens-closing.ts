/** Locals of the screens « closing »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type ClosingScreens = {};
