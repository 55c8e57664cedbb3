/** Locals of the screens of the journey « account »; see screens.ts. */
export type AccountScreens = Record<never, never>;
