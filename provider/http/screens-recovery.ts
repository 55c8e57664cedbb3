/** Locals of the screens of the journey « recovery »; see screens.ts. */
export type RecoveryScreens = Record<never, never>;
