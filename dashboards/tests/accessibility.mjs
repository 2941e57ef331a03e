// No view has a serious or critical finding of axe-core, in light and dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { facts, open, script, views, visit } from './browser.mjs';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

script(async (browser) => {
  const findings = [];
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await open(browser, { colorScheme });
    const check = async (name) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      for (const { id, impact, help, nodes } of violations)
        if (impact === 'serious' || impact === 'critical') findings.push(`${name} in ${colorScheme}: ${id} (${help}): ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`).join('\n    ')}`);
    };
    for (const [path] of views(facts)) {
      await visit(page, path);
      await check(path);
    }
    await visit(page, `/runs/${facts.failedRun}`);
    await check('a failed run');
    await visit(page, '/');
    await page.getByRole('button', { name: 'Submit a sweep' }).click();
    await page.getByRole('dialog').getByText('Valid:').waitFor();
    await check('the dialog');
    await page.context().close();
  }
  assert.equal(findings.length, 0, findings.join('\n'));
});
