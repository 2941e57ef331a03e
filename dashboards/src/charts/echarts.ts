/** The parts of ECharts that the dashboard uses, and no others. */
import { BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, BrushComponent, DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, LegendComponent, LegendScrollComponent, MarkAreaComponent, MarkLineComponent,
  ParallelComponent, TooltipComponent, VisualMapComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([
  BarChart, CustomChart, HeatmapChart, LineChart, LinesChart, ParallelChart, ScatterChart, AriaComponent, BrushComponent, DataZoomInsideComponent, DataZoomSliderComponent,
  GridComponent, LegendComponent, LegendScrollComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent, TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer,
]);

export { init };
export type { ECharts, EChartsCoreOption } from 'echarts/core';
