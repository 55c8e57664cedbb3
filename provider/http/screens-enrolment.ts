/** Locals of the screens of the journey « enrolment »; see screens.ts. */
export type EnrolmentScreens = Record<never, never>;
