/** Locals of the screens « cabinet »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type CabinetScreens = {};
