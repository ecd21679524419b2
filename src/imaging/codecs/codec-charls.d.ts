/** The part of CharLS' WebAssembly build that is used; the package brings no types. */
declare module '@cornerstonejs/codec-charls/decode' {
  type JpegLSDecoder = {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getDecodedBuffer(): Uint8ClampedArray
  }
  type Charls = { readonly JpegLSDecoder: new () => JpegLSDecoder }
  const createCharls: (options: {
    readonly print: (line: string) => void
    readonly printErr: (line: string) => void
  }) => Promise<Charls>
  export default createCharls
}
