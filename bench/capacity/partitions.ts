import { imagesTopic } from '../../src/contracts/topics.ts'

/** No more processes than this can read films of a lane. */
export const partitionsOfFilms: number = imagesTopic.partitions
