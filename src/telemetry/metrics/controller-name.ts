/** The controller's name in every series, as controller-runtime would call it. */
export const controllerName = 'wssroute';
