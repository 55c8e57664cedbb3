/** Locals of the screens « giving »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type GivingScreens = {};
