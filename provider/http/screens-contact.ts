/** Locals of the screens « contact »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type ContactScreens = {};
