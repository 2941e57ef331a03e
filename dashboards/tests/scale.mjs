// A thousand runs of a thousand points, and two thousand sweeps, are drawn soon. The times are printed; only a generous limit is asserted.
import assert from 'node:assert/strict';
import { drawn, facts, open, quiet, says, script, visit } from './browser.mjs';

const most = 10_000;

script(async (browser) => {
  for (const [path, charts, text, seen] of [
    [`/sweeps/${facts.large}/curves?by=run`, 1, '1,000 runs.', '.chart canvas'], [`/sweeps/${facts.large}/curves`, 1, '100 configurations.', '.chart canvas'],
    [`/sweeps/${facts.large}/table?rows=runs`, 0, 'Least', 'tbody tr:nth-child(5)'], ['/', 0, `${facts.sweeps.toLocaleString('en')} sweeps`, 'tbody tr:nth-child(5)'],
  ]) {
    const times = [];
    for (const attempt of ['first', 'second']) {
      const { page, complaints } = await open(browser);
      // The first frame after what was asked for is there, from the start of the navigation.
      await page.addInitScript((selector) => {
        const look = () => {
          const found = document.querySelector(selector);
          const isDrawn = found && (!(found instanceof HTMLCanvasElement) || found.toDataURL().length > 20_000);
          if (isDrawn) requestAnimationFrame(() => (window.drawnAt = performance.now()));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }, seen);
      await visit(page, path);
      await page.waitForFunction(() => window.drawnAt !== undefined);
      await drawn(page, charts);
      await says(page, text);
      const { took, answered } = await page.evaluate(() => ({
        took: window.drawnAt,
        answered: performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/') && !name.endsWith('/events')).reduce((latest, { responseEnd }) => Math.max(latest, responseEnd), 0),
      }));
      times.push(`${Math.round(took)} ms (${attempt} visit; the head's last answer at ${Math.round(answered)} ms)`);
      assert.ok(took < most, `${path} took ${took} ms`);
      quiet(complaints);
      await page.context().close();
    }
    console.log(`${path}: ${times.join(', ')}`);
  }
  // All rows can be reached, though few are drawn.
  const { page } = await open(browser);
  await visit(page, '/');
  assert.ok((await page.locator('tbody tr').count()) < 200);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByRole('link', { name: 'small-1', exact: true }).waitFor();
});
