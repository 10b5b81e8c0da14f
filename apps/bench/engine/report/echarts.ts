/**
 * What the pictures need of ECharts (https://echarts.apache.org). The build puts these parts of it
 * into this file (tools/bundle.ts), so that the installed package does without the rest.
 */
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, CustomChart, LineChart, ScatterChart]);
use([AriaComponent, GridComponent, LegendComponent, MarkLineComponent]);
use([SVGRenderer]);

export { init };
