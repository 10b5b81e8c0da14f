/** The functions that the host calls. A module re-exports them: `export * from 'glossa/module'`. */
export {
  glossa_abi_version,
  glossa_area,
  glossa_data,
  glossa_enter,
  glossa_messages,
} from './runtime';
