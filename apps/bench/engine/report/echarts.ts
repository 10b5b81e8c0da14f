/**
 * What the pictures need of ECharts (https://echarts.apache.org). The build puts these parts of it
 * into this file (tools/bundle.ts), so that the installed package does without the rest.
 */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, SVGRenderer]);

export { init };
