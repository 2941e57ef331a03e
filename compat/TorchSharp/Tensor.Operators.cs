namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        // Each operator of ATen by its schema's name; the method below has the same name.
        private static class Ops
        {
            internal static readonly Operator add = new("aten::add", "Tensor"), add_scalar = new("aten::add", "Scalar");
            internal static readonly Operator add_ = new("aten::add_", "Tensor"), add_scalar_ = new("aten::add_", "Scalar");
            internal static readonly Operator sub = new("aten::sub", "Tensor"), sub_scalar = new("aten::sub", "Scalar");
            internal static readonly Operator mul = new("aten::mul", "Tensor"), mul_scalar = new("aten::mul", "Scalar");
            internal static readonly Operator mul_ = new("aten::mul_", "Tensor"), mul_scalar_ = new("aten::mul_", "Scalar");
            internal static readonly Operator div = new("aten::div", "Tensor"), div_scalar = new("aten::div", "Scalar");
            internal static readonly Operator neg = new("aten::neg"), exp_ = new("aten::exp_");
            internal static readonly Operator sqrt = new("aten::sqrt"), rsqrt = new("aten::rsqrt");
            internal static readonly Operator relu = new("aten::relu"), sigmoid = new("aten::sigmoid");
            internal static readonly Operator addcmul_ = new("aten::addcmul_"), addcdiv_ = new("aten::addcdiv_");
            internal static readonly Operator ne_scalar = new("aten::ne", "Scalar");
            internal static readonly Operator gt_scalar = new("aten::gt", "Scalar"), ge_scalar = new("aten::ge", "Scalar");
            internal static readonly Operator sum = new("aten::sum"), sum_dim = new("aten::sum", "dim_IntList"), mean = new("aten::mean"), mean_dim = new("aten::mean", "dim"), max = new("aten::max");
            internal static readonly Operator norm = new("aten::norm", "Scalar");
            internal static readonly Operator matmul = new("aten::matmul"), bmm = new("aten::bmm"), baddbmm = new("aten::baddbmm");
            internal static readonly Operator view = new("aten::view"), reshape = new("aten::reshape"), permute = new("aten::permute");
            internal static readonly Operator transpose = new("aten::transpose", "int"), contiguous = new("aten::contiguous"), expand = new("aten::expand");
            internal static readonly Operator narrow = new("aten::narrow"), unbind = new("aten::unbind", "int"), split = new("aten::split", "Tensor");
            internal static readonly Operator unsqueeze = new("aten::unsqueeze"), select = new("aten::select", "int");
            internal static readonly Operator index_select = new("aten::index_select"), gather = new("aten::gather");
            internal static readonly Operator scatter_add_ = new("aten::scatter_add_");
            internal static readonly Operator softmax = new("aten::softmax", "int"), log_softmax = new("aten::log_softmax", "int"), logsumexp = new("aten::logsumexp");
            internal static readonly Operator argmax = new("aten::argmax");
            internal static readonly Operator clone = new("aten::clone"), detach = new("aten::detach"), copy_ = new("aten::copy_");
            internal static readonly Operator zero_ = new("aten::zero_"), fill_ = new("aten::fill_", "Scalar");
            internal static readonly Operator to = new("aten::to", "dtype"), to_device = new("aten::to", "device"), pin_memory = new("aten::pin_memory");
        }

        public Tensor add(Tensor target) => Ops.add.Call(this, target);
        public Tensor add(Scalar scalar) => Ops.add_scalar.Call(this, scalar);
        public Tensor add_(Tensor target) => InPlace(Ops.add_, target);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Ops.add_, target, alpha);
        public Tensor add_(Scalar scalar) => InPlace(Ops.add_scalar_, scalar);
        public Tensor sub(Tensor target) => Ops.sub.Call(this, target);
        public Tensor sub(Scalar scalar) => Ops.sub_scalar.Call(this, scalar);
        public Tensor mul(Tensor target) => Ops.mul.Call(this, target);
        public Tensor mul(Scalar target) => Ops.mul_scalar.Call(this, target);
        public Tensor mul_(Tensor target) => InPlace(Ops.mul_, target);
        public Tensor mul_(Scalar target) => InPlace(Ops.mul_scalar_, target);
        public Tensor div(Tensor target) => Ops.div.Call(this, target);
        public Tensor div(Scalar target) => Ops.div_scalar.Call(this, target);
        public Tensor neg() => Ops.neg.Call(this);
        public Tensor exp_() => InPlace(Ops.exp_);
        public Tensor sqrt() => Ops.sqrt.Call(this);
        public Tensor rsqrt() => Ops.rsqrt.Call(this);
        public Tensor relu() => Ops.relu.Call(this);
        public Tensor sigmoid() => Ops.sigmoid.Call(this);

        /// <summary>this += value * tensor1 * tensor2.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Ops.addcmul_, tensor1, tensor2, value);

        /// <summary>this += value * tensor1 / tensor2.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Ops.addcdiv_, tensor1, tensor2, value);

        public Tensor ne(Scalar target) => Ops.ne_scalar.Call(this, target);
        public Tensor gt(Scalar target) => Ops.gt_scalar.Call(this, target);
        public Tensor ge(Scalar target) => Ops.ge_scalar.Call(this, target);

        public Tensor sum(ScalarType? type = null) => Ops.sum.Call(this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim.Call(this, new[] { dim }, keepdim, type);
        public Tensor mean() => Ops.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor max() => Ops.max.Call(this);
        public Tensor norm(float p = 2.0f) => Ops.norm.Call(this, (double)p);
        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Call(this, dim, keepdim);

        public Tensor matmul(Tensor target) => Ops.matmul.Call(this, target);
        public Tensor bmm(Tensor batch2) => Ops.bmm.Call(this, batch2);

        /// <summary>beta * this + alpha * (batch1 @ batch2), batches of matrices.</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            Ops.baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor view(params long[] shape) => Ops.view.Call(this, shape);
        public Tensor reshape(params long[] shape) => Ops.reshape.Call(this, shape);
        public Tensor permute(params long[] permutation) => Ops.permute.Call(this, permutation);
        public Tensor transpose(long dim0, long dim1) => Ops.transpose.Call(this, dim0, dim1);
        public Tensor contiguous() => Ops.contiguous.Call(this);
        public Tensor expand(params long[] sizes) => Ops.expand.Call(this, sizes);
        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Call(this, dim, start, length);
        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Call(this, dim);
        public Tensor select(long dim, long index) => Ops.select.Call(this, dim, index);
        public Tensor[] unbind(long dimension = 0L) => Ops.unbind.CallForList(this, dimension);
        public Tensor[] split(long size, int dim = 0) => Ops.split.CallForList(this, size, (long)dim);

        public Tensor index_select(long dim, Tensor index) => Ops.index_select.Call(this, dim, index);
        public Tensor gather(long dim, Tensor index) => Ops.gather.Call(this, dim, index);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace(Ops.scatter_add_, dim, index, src);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.log_softmax.Call(this, dim, dtype);
        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp.Call(this, new[] { dim }, keepdim);

        public Tensor clone() => Ops.clone.Call(this);
        public Tensor detach() => Ops.detach.Call(this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace(Ops.copy_, source, nonBlocking);
        public Tensor zero_() => InPlace(Ops.zero_);
        public Tensor fill_(Scalar value) => InPlace(Ops.fill_, value);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Ops.to.Call(this, type, non_blocking, copy), disposeAfter);

        /// <summary>A copy in memory that a GPU can read while the program goes on.</summary>
        public Tensor pin_memory() => Ops.pin_memory.Call(this, default(Argument));

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Ops.to_device.Call(this, device, dtype, non_blocking, copy), disposeAfter);

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        public static Tensor operator -(Tensor tensor) => tensor.neg();
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        private Tensor InPlace(Operator op)
        {
            op.CallInPlace(this);
            return this;
        }

        private Tensor InPlace(Operator op, Argument a)
        {
            op.CallInPlace(this, a);
            return this;
        }

        private Tensor InPlace(Operator op, Argument a, Argument b)
        {
            op.CallInPlace(this, a, b);
            return this;
        }

        private Tensor InPlace(Operator op, Argument a, Argument b, Argument c)
        {
            op.CallInPlace(this, a, b, c);
            return this;
        }

        private Tensor After(Tensor result, bool disposeThis)
        {
            if (disposeThis) Dispose();
            return result;
        }
    }
}
