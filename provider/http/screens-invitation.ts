/** Locals of the screens « invitation »; see screens.ts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type InvitationScreens = {};
