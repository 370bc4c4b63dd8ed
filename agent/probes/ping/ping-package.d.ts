// The two halves of the package `ping` that echo.ts uses (its own types describe only the front door; see there why not that).
declare module 'ping/lib/builder/factory.js' {
  import type { PingConfig } from 'ping/lib/parser/factory.js'
  const factory: {
    getExecutablePath(platform: string, v6: boolean): string
    createBuilder(platform: string): { getCommandArguments(target: string, config: PingConfig): string[] }
  }
  export default factory
}

declare module 'ping/lib/parser/factory.js' {
  export interface PingConfig {
    numeric: boolean
    /** Requests to send. */
    min_reply: number
    v6: boolean
    packetSize: number
    /** Seconds to wait for a reply; false leaves the option out. */
    timeout: number | false
    extra: string[]
  }
  export interface PingResponse {
    /** Round trip of each reply, ms; a reply whose time was not understood is the word unknown. */
    times: (number | 'unknown')[]
  }
  const factory: {
    createParser(
      target: string,
      platform: string,
      config: PingConfig
    ): { eat(line: string): unknown; getResult(): PingResponse }
  }
  export default factory
}
