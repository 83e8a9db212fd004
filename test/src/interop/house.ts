/** One house of the fit_a_line example, as its README has it. */
export const house: readonly number[] = [
  0.0137, -0.1136, 0.2553, -0.0692, 0.0582, -0.0727, -0.1583, -0.0584, 0.6283, 0.4919, 0.1856, 0.0795,
  -0.0332,
];

/** The float32 that Paddle Serving answers for it, as the double it is. */
export const price = 18.901151657104492;
