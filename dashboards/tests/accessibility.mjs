// No view has a serious or critical finding of axe-core, in light and dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { facts, inBothThemes, open, script, views, visit } from './browser.mjs';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

script(async (browser) => {
  const findings = [];
  const { page } = await open(browser);
  const check = (name) => inBothThemes(page, async (theme) => {
    const violations = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations);
    for (const { id, impact, help, nodes } of violations)
      if (impact === 'serious' || impact === 'critical') findings.push(`${name} in ${theme}: ${id} (${help}): ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`).join('\n    ')}`);
  });
  for (const path of [...views(facts).map(([path]) => path), `/runs/${facts.failedRun}`]) {
    await visit(page, path);
    await page.evaluate(axe);
    await check(path);
  }
  await visit(page, '/');
  await page.evaluate(axe);
  await page.getByRole('button', { name: 'Submit a sweep' }).click();
  await page.getByRole('dialog').getByText('Valid:').waitFor();
  await check('the dialog');
  assert.equal(findings.length, 0, findings.join('\n'));
});
