/** summary.mjs <report of vitest> <exit code of the tests> <other failures>: says what passed and failed. */
import { readFileSync } from 'node:fs';

const [, , report, exitCode, others] = process.argv;

function count() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const broken = testResults.filter(({ status, assertionResults }) => {
      return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
    });
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const { passed, failed } = count();
// An error outside any test, or no run at all, shows in the exit code alone.
const unseen = Number(exitCode) !== 0 && failed === 0 ? 1 : 0;
const total = failed + unseen + Number(others);
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total === 0 && passed > 0 ? 0 : 1;
