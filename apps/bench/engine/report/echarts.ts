/**
 * Loads the parts of ECharts (https://echarts.apache.org) that pictures need. The build
 * (tools/bundle.ts) bundles them into this file, so that the installed package does not depend on
 * ECharts.
 */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, SVGRenderer]);

export { init };
