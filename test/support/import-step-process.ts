/** A process that takes one step of one import, and nothing else. Told by its arguments: database, caisse, import. */
import { runImport } from '../../provider/jobs/run-imports.ts';
import { connect } from '../../provider/store/database.ts';

const [url = '', caisseId = '', id = ''] = process.argv.slice(2);
const sql = connect(url, { poolSize: 2 });
await runImport({ sql, now: Date.now }, { caisseId, id });
await sql.destroy();
