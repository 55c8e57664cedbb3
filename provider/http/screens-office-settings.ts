/** Locals of the screens of the back office « settings »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type OfficeSettingsScreens = {};
