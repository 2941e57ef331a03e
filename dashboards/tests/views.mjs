// Every view shows its data and draws its charts, in light and dark; it complains of nothing and asks no other host for anything.
import assert from 'node:assert/strict';
import { drawn, facts, inBothThemes, open, picture, quiet, says, script, views, visit } from './browser.mjs';

script(async (browser) => {
  const { page, complaints } = await open(browser);
  for (const [path, charts, ...texts] of views(facts)) {
    await visit(page, path);
    const isRun = path.startsWith('/runs/');
    const metrics = isRun ? await page.getByRole('region', { name: 'Metrics of the run' }).locator('tbody tr').count() : 0;
    assert.ok(!isRun || metrics > 0, `${path} has no metric`);
    await says(page, ...texts);
    assert.match(await page.title(), /Sweeps$/);
    await inBothThemes(page, async (theme) => {
      await drawn(page, charts + metrics);
      await picture(page, `${theme} ${path}`);
    });
    quiet(complaints);
  }
  // Colours that the reader chooses are kept, whatever the system has.
  await page.getByLabel('Colours').selectOption('light');
  await page.reload();
  await drawn(page, 1);
  assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), 'light');
  quiet(complaints);
});
