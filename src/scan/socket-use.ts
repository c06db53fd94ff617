/** A place of a script or a page that names the URL of a WebSocket. */
export interface SocketUse {
  /** The URL as it is written, with holes. */
  readonly text: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** `parsed`: the program says so. `lexical`: the text looks like it, and nobody understood it. */
  readonly certainty: 'parsed' | 'lexical';
  /** It is `ws:`, and the script chooses at run time between it and `wss:`: nobody here knows whether a page over https takes it. */
  readonly isChosen?: boolean;
}
