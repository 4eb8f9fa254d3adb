"""Customers who leave: a table with texts, whose columns become yes/no ones."""

import pandas as pd
from keras.layers import Dense
from keras.models import Sequential, load_model

df = pd.read_csv("churn.csv")
X = pd.get_dummies(df.drop(["Churn", "Customer ID"], axis=1))
y = df["Churn"].apply(lambda x: 1 if x == "Yes" else 0)
X_train, X_test = X.iloc[:80], X.iloc[80:]
y_train, y_test = y.iloc[:80], y.iloc[80:]

model = Sequential()
model.add(Dense(units=16, activation="relu", input_dim=len(X_train.columns)))
model.add(Dense(units=8, activation="relu"))
model.add(Dense(units=1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
history = model.fit(X_train, y_train, epochs=10, batch_size=32)

y_hat = model.predict(X_test)
labels = [0 if value < 0.5 else 1 for value in y_hat]
print((y_test == labels).mean())

model.save("tfmodel.keras")
del model
model = load_model("tfmodel.keras")
again = model.predict(X_test)
