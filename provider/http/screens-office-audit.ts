/** Locals of the screens of the back office « audit »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type OfficeAuditScreens = {};
