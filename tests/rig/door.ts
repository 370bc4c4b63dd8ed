import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Door {
  readonly url: string
  /** Nobody listens from now on. */
  close(): Promise<void>
}

/** An HTTP server on a free port of loopback, open until the test ends; an answer that fails is a broken connection. */
export const openDoor = async (
  after: (work: () => unknown) => void,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
): Promise<Door> => {
  const door = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const close = async (): Promise<void> => {
    door.closeAllConnections()
    if (door.listening) await new Promise(resolve => door.close(resolve))
  }
  after(close)
  return { url: `http://127.0.0.1:${port}`, close }
}
