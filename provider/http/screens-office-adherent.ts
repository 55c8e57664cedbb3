/** Locals of the screens of the back office « adherent »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type OfficeAdherentScreens = {};
