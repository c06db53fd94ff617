import {
  apiVersionOf,
  certificateKind,
  configMapKind,
  ingressClassKind,
  ingressKind,
  type Kind,
  serviceKind,
} from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';
import { isExposed } from './controller-services.ts';
import { type ControllerSettings, readControllerSettings } from './controller-settings.ts';
import { controllers, type DialectName } from './controllers.ts';
import { mergeableType } from './f5-spec.ts';
import { type Ingress, readIngress } from './ingress.ts';

const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';

/** An Ingress, and what is known about it. */
export interface Subject {
  readonly object: KubeObject;
  readonly ingress: Ingress;
  /** Undefined for other controllers, and where neither class nor annotations tell. */
  readonly dialect: DialectName | undefined;
  /** Whether the class is known; else the annotations have told the dialect. */
  readonly isClassKnown: boolean;
}

/** All that the findings are made from. */
export interface Scene {
  readonly subjects: readonly Subject[];
  readonly settings: readonly ControllerSettings[];
  /** `namespace/name` of Services that are said to speak WebSocket at some port. */
  readonly webSocketServices: ReadonlySet<string>;
  /** Services by which clients outside the cluster come. */
  readonly exposedServices: readonly KubeObject[];
  readonly certificates: readonly KubeObject[];
  /** Masters of F5's controller, by {@link keyOfHost}; their minions take over some annotations. */
  readonly masters: ReadonlyMap<string, Ingress>;
}

/** Class and first host. */
export function keyOfHost({ className, rules }: Ingress): string {
  return `${className}/${rules[0]?.host ?? ''}`;
}

/** `assumed` is the controller of classes that are not among the objects, where somebody has said so. */
export function setScene(objects: readonly KubeObject[], assumed?: string): Scene {
  const ofKind = (kind: Kind) =>
    objects.filter((object) => object.kind === kind.kind && object.apiVersion === apiVersionOf(kind));
  const classes = ofKind(ingressClassKind);
  const subjects = ofKind(ingressKind).map((object) => toSubject(object, classes, assumed));
  const masters = subjects.filter(({ ingress }) => ingress.annotations[mergeableType] === 'master');
  return {
    subjects,
    masters: new Map(masters.map(({ ingress }) => [keyOfHost(ingress), ingress])),
    settings: ofKind(configMapKind).flatMap(readControllerSettings),
    webSocketServices: new Set(
      ofKind(serviceKind)
        .filter(speaksWebSocket)
        .map(({ metadata }) => formatKey(metadata)),
    ),
    exposedServices: ofKind(serviceKind).filter(isExposed),
    certificates: ofKind(certificateKind),
  };
}

/** The one ConfigMap of a dialect's controller; undefined where there is none, or several, of which nobody knows whose is whose. */
export function findSettings({ settings }: Scene, dialect: DialectName): ControllerSettings | undefined {
  const own = settings.filter((each) => each.dialect === dialect);
  return own.length === 1 ? own[0] : undefined;
}

function toSubject(object: KubeObject, classes: readonly KubeObject[], assumed: string | undefined): Subject {
  const ingress = readIngress(object);
  const known = classes.find(({ metadata }) =>
    ingress.className === ''
      ? metadata.annotations?.[defaultClassAnnotation] === 'true'
      : metadata.name === ingress.className,
  );
  const controller = isRecord(known?.spec) ? known.spec.controller : assumed;
  if (controller === undefined) return { object, ingress, dialect: guessDialect(ingress), isClassKnown: false };
  return {
    object,
    ingress: { ...ingress, className: known?.metadata.name ?? ingress.className },
    dialect: typeof controller === 'string' ? controllers[controller] : undefined,
    isClassKnown: true,
  };
}

/** The dialect that its annotations are written in, where they are of one only. */
function guessDialect({ annotations }: Ingress): DialectName | undefined {
  const spoken = new Set(Object.keys(annotations).map(dialectOf));
  spoken.delete(undefined);
  return spoken.size === 1 ? [...spoken][0] : undefined;
}

/** The dialect that an annotation belongs to. */
export function dialectOf(annotation: string): DialectName | undefined {
  if (annotation.startsWith('nginx.ingress.kubernetes.io/')) return 'ingress-nginx';
  return /^nginx\.(?:org|com)\//.test(annotation) ? 'f5' : undefined;
}

/** Gateway API's hint, GEP-1911. */
export function speaksWebSocket({ spec }: KubeObject): boolean {
  const ports = isRecord(spec) && Array.isArray(spec.ports) ? spec.ports : [];
  return ports.some((port) => isRecord(port) && /^kubernetes\.io\/wss?$/.test(String(port.appProtocol)));
}
