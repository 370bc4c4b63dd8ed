import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { viewsDirectory } from '../../views/render.ts'

/** Pages and what they are made of are no part of the interface's documentation. */
export const unlisted = { schema: { hide: true } } as const

interface Asset {
  readonly path: string
  readonly type: string
  readonly body: Buffer
  readonly hash: string
}

/** Several files are served as one, in the given order. */
const assetOf = (path: string, type: string, files: readonly string[]): Asset => {
  const body = Buffer.concat(files.map(file => readFileSync(join(viewsDirectory, file))))
  return { path, type, body, hash: createHash('sha256').update(body).digest('hex').slice(0, 16) }
}

const styles = ['base', 'frame', 'tables', 'parts', 'uplinks', 'city', 'narrow-print'].map(name => `style/${name}.css`)
const stylesheet = (): Asset => assetOf('/assets/style.css', 'text/css; charset=utf-8', styles)
const favicon = (): Asset => assetOf('/favicon.svg', 'image/svg+xml', ['favicon.svg'])

/** The stylesheet's address, which changes with its content. */
export const stylesheetAddress = (): string => {
  const { path, hash } = stylesheet()
  return `${path}?v=${hash}`
}

/** Serves the stylesheet and the icon. */
export const serveAssets = (app: FastifyInstance): void => {
  for (const { path, type, body, hash } of [stylesheet(), favicon()]) {
    const etag = `"${hash}"`
    app.get(path, unlisted, (request: FastifyRequest, reply: FastifyReply) => {
      // Under its hash it never changes; under the bare path it is asked for again each time.
      const named = request.url.endsWith(`?v=${hash}`)
      reply.header('etag', etag).header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(type).send(body)
    })
  }
}
