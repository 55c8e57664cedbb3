/** Whether the database refused to write this because of that constraint, by its name in the migrations. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Error && 'constraint' in error && error.constraint === constraint;
