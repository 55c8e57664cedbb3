/** Locals of the screens of the journey « second-factor »; see screens.ts. */
export type SecondFactorScreens = Record<never, never>;
