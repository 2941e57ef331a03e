// Texts of sweep files, labels, log lines and errors are shown as they are, and nothing in them happens.
import assert from 'node:assert/strict';
import { facts, open, quiet, says, script, visit } from './browser.mjs';

script(async (browser) => {
  const { page, complaints } = await open(browser);
  const name = '<img src=x onerror="window.hacked=1"><b>bold';
  const visible = async (path, ...texts) => {
    await visit(page, path);
    await says(page, ...texts);
    assert.equal(await page.evaluate(() => window.hacked), undefined, `${path} executed a text`);
    assert.equal(await page.locator('main img, main b:text-is("bold"), main script').count(), 0, `${path} took a text for elements`);
    quiet(complaints);
  };
  await visible('/', name, ...facts.attacks);
  await visible(`/?search=${encodeURIComponent(facts.attacks[0])}`, name);
  for (const tab of ['curves', 'efficiency', 'parameters', 'stages', 'table', 'verdict']) await visible(`/sweeps/${facts.hostile}/${tab}`, name, facts.attacks[2]);
  await visible(`/sweeps/${facts.hostile}/table?rows=runs`, ...facts.attacks);
  await visible(`/runs/${facts.hostileRun}`, name, ...facts.attacks, 'step 2: loss 1.25');
  await visible(`/runs/${facts.failedRun}`, name, facts.attacks[0], 'failed');
  await visible(`/compare?items=${facts.hostile}`, ...facts.attacks);

  // The box beside the pointer has names in it.
  await visit(page, `/sweeps/${facts.hostile}/curves`);
  const box = await page.locator('.chart .canvas').boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
  await page.locator('.hover').first().filter({ hasText: facts.attacks[2] }).waitFor({ state: 'attached' });
  assert.equal(await page.locator('.hover img, .hover script').count(), 0);
  await visit(page, '/%3Cimg%20src=x%20onerror=hacked=1%3E');
  await says(page, 'There is no page');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('main img').count(), 0);
  quiet(complaints);
});
