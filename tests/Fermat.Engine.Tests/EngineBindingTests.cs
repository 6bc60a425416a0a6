using System.Text;

namespace Fermat.Engine.Tests;

public sealed class EngineBindingTests
{
    [Fact]
    public void A_binding_is_written_as_it_is_read_each_name_of_it()
    {
        Assert.Equal("{}", new EngineBinding().Write());
        var written = new HashSet<string>();
        foreach (System.Reflection.PropertyInfo name in typeof(EngineBinding).GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            var binding = new EngineBinding();
            name.SetValue(binding, "of \"another\" name");
            string json = binding.Write();
            Assert.True(written.Add(json), name.Name);
            Assert.Equal(binding, EngineBinding.Read(Encoding.UTF8.GetBytes(json), out string? problem));
            Assert.Null(problem);
        }
        Assert.True(written.Count >= 28);
    }
}
