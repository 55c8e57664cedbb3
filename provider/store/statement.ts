/**
 * The few queries of every request. Written out and sent by name: a connection's PostgreSQL reads and plans one once,
 * which was most of the work of a query as long as the one of store/holdings. They go round knex's builder, which takes
 * longer to put such a query together than the database to answer it; knex's pool, transactions and listeners serve
 * them like any other.
 */
import type { Knex } from 'knex';

/** `name` stands for that one text, and no other, on every connection. */
export type Statement = { readonly name: string; readonly text: string };

/** From a text whose parameters have names (`:caisse`), which stand for `parameters` in their order. */
export const named = (name: string, parameters: readonly string[], text: string): Statement => ({
  name,
  text: text.replace(/(?<!:):([a-z]\w*)/g, (_, parameter: string) => {
    const at = parameters.indexOf(parameter);
    if (at === -1) throw new Error(`${name}: nothing is given for ${parameter}`);
    return `$${at + 1}`;
  }),
});

export type Value = string | number | boolean | null | Buffer | readonly string[];

export type Answer<Row> = { readonly rows: readonly Row[]; readonly rowCount: number | null };

type Connection = {
  readonly query: (config: Statement & { readonly values: readonly Value[] }) => Promise<Answer<never>>;
};

type Pool = {
  readonly acquireConnection: () => Promise<Connection>;
  readonly releaseConnection: (connection: Connection) => Promise<unknown>;
  readonly emit: (
    event: 'query',
    query: { readonly sql: string; readonly bindings: readonly Value[] },
  ) => void;
};

export async function run<Row>(
  sql: Knex,
  { name, text }: Statement,
  values: readonly Value[],
): Promise<Answer<Row>> {
  // Its connection may belong to somebody else by now.
  if (sql.isTransaction && (sql as Knex.Transaction).isCompleted())
    throw new Error(`${name}: the transaction is over`);
  const pool = sql.client as Pool;
  const connection = await pool.acquireConnection();
  try {
    pool.emit('query', { sql: text, bindings: values });
    return await connection.query({ name, text, values });
  } finally {
    await pool.releaseConnection(connection);
  }
}
