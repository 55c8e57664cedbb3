/** Locals of the screens of the back office « search »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type OfficeSearchScreens = {};
