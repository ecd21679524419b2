import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;

/** Reads one manifest a line, and says of each whether Kubernetes' own types take it: no unknown and no missing field. */
class StrictTypes {
  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      JsonElement manifest = JsonParser.parseString(line);
      String kind = manifest.getAsJsonObject().get("kind").getAsString();
      try {
        Class<?> type = Class.forName("io.kubernetes.client.openapi.models.V1" + kind);
        type.getMethod("validateJsonElement", JsonElement.class).invoke(null, manifest);
        type.getMethod("fromJson", String.class).invoke(null, line);
        System.out.println("ok");
      } catch (InvocationTargetException refused) {
        System.out.println(refused.getCause().getMessage().replace('\n', ' '));
      }
    }
  }
}
