import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.json.Json;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Evaluates JSONata with dashjoin's engine: each line of standard input is {"expression", "variables"} in JSON, each line of
 * standard output {"value"}, {} where there is none, or {"error"}. Ends with its standard input.
 */
class SecondEngine {
  /** Step Functions stops an evaluation at this depth. https://github.com/floci-io/floci/issues/2737 */
  static final int MAX_DEPTH = 100;
  static final long TIMEOUT_MS = 10_000;

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    var out = new PrintStream(System.out, true, "UTF-8");
    var mapper = new ObjectMapper();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      var answer = new LinkedHashMap<String, Object>();
      try {
        var request = (Map<?, ?>) Json.parseJson(line);
        var expression = Jsonata.jsonata((String) request.get("expression"));
        // Step Functions' own, beside those of JSONata.
        expression.registerFunction("parse", (String text) -> Json.parseJson(text));
        var frame = expression.createFrame();
        frame.setRuntimeBounds(TIMEOUT_MS, MAX_DEPTH);
        for (var variable : ((Map<?, ?>) request.get("variables")).entrySet())
          frame.bind((String) variable.getKey(), variable.getValue());
        Object value = expression.evaluate(new LinkedHashMap<String, Object>(), frame);
        if (value != null) answer.put("value", value);
      } catch (Throwable error) {
        answer.put("error", String.valueOf(error.getMessage()));
      }
      out.println(mapper.writeValueAsString(answer));
    }
  }
}
