namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction
        {
            None,
            Mean,
            Sum,
        }

        public static partial class functional
        {
            private static readonly Operator layer_norm_ = new("aten::layer_norm"), linear_ = new("aten::linear"), gelu_ = new("aten::gelu");
            private static readonly Operator dropout_ = new("aten::dropout"), cross_entropy_ = new("aten::cross_entropy_loss");

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                layer_norm_.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => linear_.Call(input, weights, bias);

            /// <summary>x times the normal distribution function of x, exact (erf).</summary>
            public static Tensor gelu(Tensor x) => gelu_.Call(x);

            /// <summary>softmax(q k' / sqrt(E) + mask) v of query (N, ..., L, E), key (N, ..., S, E) and value (N, ..., S, Ev).</summary>
            /// <exception cref="NotSupportedException">This libtorch has no such operator: it is older than 2.0.</exception>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false) =>
                scaled_dot_product_attention_.Value is { } attention ? attention.Call(query, key, value, attn_mask, p, is_casual)
                    : throw new NotSupportedException("This libtorch has no scaled_dot_product_attention; it came with 2.0.");

            private static readonly Lazy<Operator?> scaled_dot_product_attention_ = new(() =>
            {
                try
                {
                    return new Operator("aten::scaled_dot_product_attention");
                }
                catch (System.Runtime.InteropServices.ExternalException)
                {
                    return null;
                }
            });

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => inplace
                ? throw new NotSupportedException("dropout in place is not part of this subset.")
                : dropout_.Call(input, p, training);

            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                cross_entropy_.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);
        }

        public static partial class init
        {
            private static readonly Operator normal = new("aten::normal_");

            public static Tensor normal_(Tensor tensor, double mean = 0.0, double std = 1.0)
            {
                using var off = no_grad();
                normal.CallInPlace(tensor, mean, std);
                return tensor;
            }
        }
    }
}
