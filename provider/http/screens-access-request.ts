/** Locals of the screens « access-request »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type AccessRequestScreens = {};
