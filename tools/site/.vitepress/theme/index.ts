/** VitePress's own theme, with the fonts of the machine: none is loaded. */
import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h, type VNode } from 'vue';
import './style.css';
import './print.css';

/**
 * The part of a picture that shows it without motion (tools/site/pictures/stack.svg); with a query, since
 * Chromium draws all parts of one address from one document, which sometimes moves in both.
 */
const STILL = '?still#still';

/**
 * The picture beside the headline, moving and still: style.css shows one of them, as a browser does not
 * tell an image that motion is not wanted.
 */
function heroPicture(): VNode | undefined {
  const { src, alt } = useData().frontmatter.value.hero?.picture ?? {};
  if (src === undefined) return undefined;
  return h('div', { class: 'hero-picture' }, [
    h('img', { class: 'moving', src: withBase(src), alt }),
    h('img', { class: 'still', src: withBase(src) + STILL, alt, loading: 'lazy' }),
  ]);
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-image': () => h(heroPicture) }),
};
