/** Locals of the screens « list »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type ListScreens = {};
