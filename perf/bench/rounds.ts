/** Measures one round to warm up, and returns the values of the rounds after it. */
export async function counted(
  rounds: number,
  measure: (round: number) => Promise<number>,
): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) values.push(await measure(round));
  return values.slice(1);
}
