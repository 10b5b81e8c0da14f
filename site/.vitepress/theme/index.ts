/** VitePress's own theme, with the fonts of the machine: none is loaded. */
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';
import './print.css';

export default DefaultTheme;
