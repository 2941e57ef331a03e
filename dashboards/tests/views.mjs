// Every view shows its data and draws its charts, in light and dark; it complains of nothing and asks no other host for anything.
import assert from 'node:assert/strict';
import { drawn, facts, open, quiet, says, script, views, visit } from './browser.mjs';

const chartsOfRun = 1;

script(async (browser) => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, complaints } = await open(browser, { colorScheme });
    for (const [path, charts, ...texts] of views(facts)) {
      await visit(page, path);
      if (path.startsWith('/runs/')) {
        const metrics = await page.getByRole('region', { name: 'Metrics of the run' }).locator('tbody tr').count();
        assert.ok(metrics >= chartsOfRun, `${path} has no metric`);
        await drawn(page, metrics);
      } else await drawn(page, charts);
      await says(page, ...texts);
      assert.match(await page.title(), /Sweeps$/);
      assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), colorScheme);
      quiet(complaints);
    }
    // The chosen colours are kept, and charts are drawn in them at once.
    const other = colorScheme === 'light' ? 'dark' : 'light';
    await visit(page, `/sweeps/${facts.measured}/curves`);
    await page.getByLabel('Colours').selectOption(other);
    await page.waitForFunction((theme) => document.documentElement.dataset['theme'] === theme, other);
    await page.reload();
    await drawn(page, 1);
    assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), other);
    quiet(complaints);
    await page.context().close();
  }
});
