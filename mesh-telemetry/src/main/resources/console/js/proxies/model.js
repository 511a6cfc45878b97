// What mesh-pilot's answer about a proxy means for a reader.

// In the order a proxy needs them. What else comes is shown by the end of its type's name.
const TYPES = [
  ['envoy.config.cluster.v3.Cluster', 'clusters'],
  ['envoy.config.endpoint.v3.ClusterLoadAssignment', 'endpoints'],
  ['envoy.config.listener.v3.Listener', 'listeners'],
  ['envoy.config.route.v3.RouteConfiguration', 'routes'],
  ['weft.gateway.v1alpha1.SpringRoute', 'Spring routes'],
  ['envoy.extensions.transport_sockets.tls.v3.Secret', 'secrets'],
];

/** Adds what is derived: seconds its certificate has left, refusals, why it is in trouble, its place in the list. */
export function read(proxy) {
  const resources = proxy.resources ?? [];
  const left = proxy.certificateExpires ? (Date.parse(proxy.certificateExpires) - Date.now()) / 1000 : null;
  const refusals = resources.filter(type => type.nack);
  const trouble = [
    ...refusals.filter(type => type.status !== 'SYNCED').map(type => `refuses ${shortName(type.typeUrl)}`),
    ...(proxy.health && isIll(proxy.health) ? ['unhealthy'] : []),
    ...(left !== null && left < 600 ? ['certificate'] : []),
  ];
  const gateway = proxy.type === 'router';
  return {
    ...proxy,
    left,
    refusals,
    trouble,
    gateway,
    order: `${gateway ? 0 : 1}${proxy.namespace}/${proxy.workload}/${proxy.id}`,
    byType: new Map(resources.map(type => [type.typeUrl.replace('type.googleapis.com/', ''), type])),
  };
}

export const isIll = health => !/^healthy\b/i.test(health);
export const shortName = typeUrl => TYPES.find(([url]) => typeUrl.endsWith(url))?.[1] ?? typeUrl.split('.').at(-1);

/** The columns: the known types that some proxy has, then the rest. */
export function columns(proxies) {
  const present = new Set(proxies.flatMap(proxy => [...proxy.byType.keys()]));
  const known = TYPES.filter(([url]) => present.has(url));
  const others = [...present]
    .filter(url => !TYPES.some(([name]) => name === url))
    .sort()
    .map(url => [url, shortName(url)]);
  return [...known, ...others];
}
