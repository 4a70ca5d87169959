// Two or four lanes at a time. In the module built with relaxed SIMD a multiply and an add fuse into one instruction with one rounding.

export function madd64(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, sum);
  return f64x2.add(sum, f64x2.mul(a, b));
}

export function madd32(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Two neighbours as float64, widened if they are stored as float32. */
export function load2<S>(at: usize): v128 {
  if (sizeof<S>() === 8) return v128.load(at);
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

export function sum64(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
