import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { colors, isDark, type Colors } from '../colors';
import { short } from '../format';
import { init, type ECharts, type EChartsCoreOption } from './echarts';

/** A click or a movement on a chart: the series and the datum that it met. */
export interface Hit {
  seriesIndex?: number;
  seriesName?: string;
  dataIndex?: number;
  name?: string;
  data?: unknown;
  value?: unknown;
}

interface Properties {
  /** What the chart shows, in words: for readers who cannot see it and as its file's name. */
  title: string;
  option: EChartsCoreOption;
  height?: number;
  /** Choices that belong to the chart. */
  tools?: ComponentChildren;
  onClick?: (hit: Hit) => void;
  /** The chart itself, for what its options cannot do. */
  onReady?: (chart: ECharts) => void;
}

/** A chart with its downloads. Zoom by the wheel or by dragging, back by a double click. */
export function Chart({ title, option, height = 420, tools, onClick, onReady }: Properties): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | undefined>(undefined);
  const shown = useRef(option);
  const click = useRef(onClick);
  click.current = onClick;
  const ready = useRef(onReady);
  ready.current = onReady;
  const dark = isDark();
  const [isNarrow, setIsNarrow] = useState(false);

  useEffect(() => {
    const element = box.current!;
    const made = (chart.current = init(element, null, { renderer: 'canvas' }));
    made.on('click', (event) => click.current?.(event as Hit));
    made.getZr().on('dblclick', () => made.dispatchAction({ type: 'dataZoom', start: 0, end: 100, batch: [{ dataZoomIndex: 0, start: 0, end: 100 }, { dataZoomIndex: 1, start: 0, end: 100 }] }));
    ready.current?.(made);
    const resized = new ResizeObserver(() => {
      // It looks at once, when nothing has changed yet.
      if (made.getWidth() !== element.clientWidth || made.getHeight() !== element.clientHeight) made.resize();
      setIsNarrow(element.clientWidth <= narrowWidth);
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);

  // Zoom and what is hidden by the legend survive new data.
  useEffect(() => {
    shown.current = isNarrow ? fitted(option) : option;
    chart.current?.setOption({ ...frame(colors()), ...shown.current, narrow: undefined }, { replaceMerge: ['series', 'xAxis', 'yAxis'] });
  }, [option, dark, isNarrow]);

  const save = (type: 'png' | 'svg'): void => {
    const made = chart.current;
    if (!made) return;
    if (type === 'png') return download(made.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: colors().background }), `${fileName(title)}.png`);
    const copy = init(null, null, { renderer: 'svg', ssr: true, width: made.getWidth(), height: made.getHeight() });
    // The chart's own option has its zoom and what is hidden, but of many lines only how many there are.
    copy.setOption({ ...made.getOption(), series: shown.current['series'], animation: false, backgroundColor: colors().background });
    const url = URL.createObjectURL(new Blob([copy.renderToSVGString()], { type: 'image/svg+xml' }));
    copy.dispose();
    download(url, `${fileName(title)}.svg`);
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  return (
    <figure class="chart">
      <div class="tools">
        {tools}
        <span class="downloads">
          <button type="button" onClick={() => save('png')} aria-label={`Download the chart “${title}” as PNG`}>PNG</button>
          <button type="button" onClick={() => save('svg')} aria-label={`Download the chart “${title}” as SVG`}>SVG</button>
        </span>
      </div>
      <div class="canvas" ref={box} style={{ height: `${height}px` }} role="img" aria-label={title} />
    </figure>
  );
}

/** What all charts have in common. */
const frame = (palette: Colors): EChartsCoreOption => ({
  animation: false,
  aria: { enabled: true },
  backgroundColor: 'transparent',
  textStyle: { color: palette.ink, fontFamily: 'inherit' },
  color: [...palette.series],
});

/** What is different where a chart is narrow, such as on a phone: goes over the parts of an option by their names. */
export const narrow = (parts: Readonly<Record<string, object>>): { narrow: typeof parts } => ({ narrow: parts });

function fitted(option: EChartsCoreOption): EChartsCoreOption {
  const parts = (option['narrow'] ?? {}) as Record<string, object>;
  return { ...option, ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...(option[name] as object), ...part }])) };
}

const narrowWidth = 640;

/** An axis in the style of all charts. */
export function axis(palette: Colors, name: string, options: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 32,
    nameTextStyle: { color: palette.ink, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: palette.faint } },
    axisTick: { show: true, lineStyle: { color: palette.faint } },
    axisLabel: { color: palette.faint, fontSize: 11, hideOverlap: true, formatter: short },
    splitLine: { lineStyle: { color: palette.grid } },
    scale: true,
    ...options,
  };
}

/** The box that a chart shows beside the pointer. Its content is elements, so that names stay text. */
export const tooltip = (palette: Colors, formatter: (hits: unknown) => HTMLElement | string, trigger: 'item' | 'axis' = 'item'): Record<string, unknown> => ({
  trigger,
  confine: true,
  backgroundColor: palette.background,
  borderColor: palette.grid,
  textStyle: { color: palette.ink, fontSize: 12 },
  formatter,
});

/** Lines of a tooltip: a mark in a colour, a name, a value. */
export function lines(title: string, rows: readonly (readonly [color: string | null, name: string, value: string])[], remark = ''): HTMLElement {
  const box = document.createElement('div');
  box.className = 'hover';
  const head = box.appendChild(document.createElement('strong'));
  head.textContent = title;
  for (const [color, name, value] of rows) {
    const row = box.appendChild(document.createElement('div'));
    const mark = row.appendChild(document.createElement('i'));
    if (color) mark.style.background = color;
    row.appendChild(document.createElement('span')).textContent = name;
    row.appendChild(document.createElement('b')).textContent = value;
  }
  if (remark) box.appendChild(document.createElement('small')).textContent = remark;
  return box;
}

/** A label that takes no more room than a legend has. */
export const shorten = (text: string, length = 40): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

const fileName = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 80) || 'chart';

function download(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
