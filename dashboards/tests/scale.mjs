// A thousand runs of a thousand points, and two thousand sweeps, are drawn soon. The times are printed; only a generous limit is asserted.
import assert from 'node:assert/strict';
import { drawn, facts, open, quiet, says, script, visit } from './browser.mjs';

const most = 10_000;

/** Asserts that lines are drawn between the axes, and that the pointer finds one: colours of the legend alone are no chart. */
async function hasLines(page, path) {
  // The colours come with the statistics, perhaps after the lines.
  const found = await page.waitForFunction(() => {
    const canvas = document.querySelector('.chart .canvas canvas');
    const scale = canvas.width / canvas.clientWidth;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    // From the axis to where the legend begins, above the zoom; upwards, as coloured lines are the lowest losses.
    const [left, width, bottom] = [Math.round(74 * scale), canvas.width - Math.round(340 * scale), canvas.height - Math.round(90 * scale)];
    const x = left + (width >> 1);
    const { data } = copy.getImageData(x, 0, 1, bottom);
    for (let y = bottom - 1; y > 0; y--) {
      const [r, g, b, opacity] = data.slice(4 * y, 4 * y + 4);
      if (opacity > 60 && Math.max(r, g, b) - Math.min(r, g, b) > 40) return { x: x / scale, y: y / scale };
    }
    return null;
  }, undefined, { polling: 100 }).catch(() => assert.fail(`${path} has no line between its axes`));
  const place = await found.jsonValue();
  const box = await page.locator('.chart .canvas').boundingBox();
  for (const lower of [0, 1, -1, 2]) {
    await page.mouse.move(box.x + place.x, box.y + place.y + lower);
    if (await page.locator('.hover').filter({ hasText: 'learning_rate=' }).waitFor({ timeout: 2000 }).then(() => true, () => false)) return;
  }
  assert.fail(`${path}: the pointer finds no line at ${place.x}, ${place.y}`);
}

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
      if (charts > 0) await hasLines(page, path);
      quiet(complaints);
      await page.context().close();
    }
    console.log(`${path}: ${times.join(', ')}`);
  }
  // All rows can be reached, though few are drawn.
  const { page } = await open(browser);
  await visit(page, '/');
  assert.ok((await page.locator('tbody tr').count()) < 200);
  await page.locator(`table[aria-rowcount="${facts.sweeps + 1}"]`).waitFor();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByRole('link', { name: 'small-1', exact: true }).waitFor();
});
