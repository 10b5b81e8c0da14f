/**
 * Extends VitePress's default theme: the fonts of the user's machine, and a picture on the home
 * page.
 */
import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h, type VNode } from 'vue';
import './style.css';
import './print.css';

/**
 * Suffix that selects the part of the home page's SVG without motion. The query makes a second URL:
 * Chromium draws all fragments of one URL from one document, so that both pictures might move.
 */
const STILL_SUFFIX = '?still#still';

/**
 * Renders the picture beside the headline twice, moving and still. style.css shows one of them, as
 * browsers do not pass the preference for reduced motion to an image.
 */
function renderHeroPicture(): VNode | undefined {
  const { src, alt } = useData().frontmatter.value.hero?.picture ?? {};
  if (src === undefined) return undefined;
  return h('div', { class: 'hero-picture' }, [
    h('img', { class: 'moving', src: withBase(src), alt }),
    h('img', { class: 'still', src: withBase(src) + STILL_SUFFIX, alt, loading: 'lazy' }),
  ]);
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-image': () => h(renderHeroPicture) }),
};
